import { conformanceBattery } from './battery.js';

await conformanceBattery('cpu');
