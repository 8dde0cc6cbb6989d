import { allowSoftwareGpu } from '../support/software-gpu.js';
import { conformanceBattery } from './battery.js';

allowSoftwareGpu();
await conformanceBattery('webgpu');
