import { allowSoftwareGpu } from '../support/software-gpu.js';
import { conformanceBattery } from './battery.js';

allowSoftwareGpu();
// SwiftShader computes on the CPU: the two longest sounds take most of its time.
await conformanceBattery('webgpu', { longestInFull: 40_000 });
