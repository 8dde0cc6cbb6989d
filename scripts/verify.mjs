#!/usr/bin/env node
/**
 * Gets what the tests need, then runs every check and every test.
 *
 *   npm run verify
 *
 * On Debian and its kin, as root or with sudo, the system's packages come by apt: a browser (which carries the software GPU), ffmpeg, Redis, a compiler and Python for
 * TensorFlow. Elsewhere it names what is missing, and the tests that need it are skipped by name. Ends with one line: N passed, N failed, N skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const chromium = () => process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const onPath = (program) => (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

/** What tests need of the system: whether it is here, which Debian packages bring it, and what is skipped without it. */
const NEEDS = [
  { name: 'Chromium', here: () => chromium() !== undefined, packages: ['chromium'], without: 'the report in a browser' },
  { name: 'a software GPU', here: () => existsSync('/usr/lib/chromium/vk_swiftshader_icd.json') || process.env.VK_DRIVER_FILES !== undefined, packages: ['chromium'], without: 'the webgpu backend' },
  { name: 'the Vulkan loader', here: () => process.platform !== 'linux' || String(spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout).includes('libvulkan.so.1'), packages: ['libvulkan1'], without: 'the webgpu backend' },
  { name: 'ffmpeg', here: () => onPath('ffmpeg'), packages: ['ffmpeg'], without: 'formats that ffmpeg decodes' },
  { name: 'Redis', here: () => onPath('redis-server'), packages: ['redis-server'], without: 'runs on many machines' },
  { name: 'g++', here: () => onPath('g++'), packages: ['g++'], without: 'the tensorflow backend' },
  { name: 'python3 with venv', here: () => spawnSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0, packages: ['python3', 'python3-venv'], without: 'the tensorflow backend' },
];

function step(title) {
  console.log(`\n== ${title}`);
}

function installSystemPackages() {
  const missing = NEEDS.filter(({ here }) => !here());
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  const sudo = !isRoot && onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (onPath('apt-get') && (isRoot || sudo)) {
    const packages = [...new Set(missing.flatMap((need) => need.packages))];
    const apt = (...args) => execFileSync(isRoot ? 'apt-get' : 'sudo', [...(isRoot ? [] : ['apt-get']), ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    console.log(`apt-get install ${packages.join(' ')}`);
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
  }
  for (const { name, here, without } of missing) if (!here()) console.log(`MISSING ${name}: tests of ${without} are skipped`);
}

/** Runs a command with its output shown. @returns whether it ended well. */
function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

step('What the tests need');
installSystemPackages();
if (!run('node', ['scripts/setup-tensorflow.mjs'])) console.log('MISSING TensorFlow: tests of the tensorflow backend are skipped');

let checksFailed = 0;
for (const [title, args] of [['Build', ['run', '--silent', 'build']], ['Types', ['run', '--silent', 'typecheck']], ['Lint', ['run', '--silent', 'lint']]]) {
  step(title);
  if (run('npm', args)) console.log('well');
  else checksFailed += 1;
}

step('Tests');
const result = join(root, 'node_modules', '.cache', 'soundkin-tests.json');
rmSync(result, { force: true });
const tested = run('npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${result}`]);
const counts = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
const skipped = counts.numPendingTests + counts.numTodoTests;
// A file that does not even load has no failed test, but has failed.
const failed = counts.numFailedTests + (tested || counts.numFailedTests > 0 ? 0 : 1) + checksFailed;
console.log(`\n${counts.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
