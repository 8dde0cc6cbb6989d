#!/usr/bin/env node
import { startEarly } from './terminal/start-early.js';

const args = process.argv.slice(2);
await startEarly(args);
// Loaded while the threads start.
const { runCommandLine } = await import('./terminal/command-line.js');
await runCommandLine(args);
