#!/usr/bin/env node
import { runCommandLine } from './terminal/command-line.js';

await runCommandLine(process.argv.slice(2));
