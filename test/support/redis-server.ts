import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';

const REDIS = 'redis-server';

/** Whether this machine has a Redis to test with. */
export const HAS_REDIS = spawnSync(REDIS, ['--version']).status === 0;

/** Tests that need a Redis: skipped by a name that says so where there is none. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (HAS_REDIS) describe(name, tests);
  else describe.skip(`${name}: SKIPPED, there is no ${REDIS} here (on Debian: apt-get install redis-server)`, tests);
}

/** A Redis of a test's own, that keeps nothing. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it at once, as by a power cut. */
  kill(): Promise<void>;
  /** Starts it again, empty. */
  start(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** Starts a Redis on a free port. */
export async function startRedis(options: { readonly password?: string } = {}): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'soundkin-redis-'));
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const own = spawn(REDIS, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', ...(options.password === undefined ? [] : ['--requirepass', options.password])], { stdio: ['ignore', 'pipe', 'ignore'] });
    child = own;
    let said = '';
    await new Promise<void>((done, fail) => {
      own.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('Ready to accept connections')) done();
      });
      own.on('exit', () => fail(new Error(`redis-server ended: ${said}`)));
    });
  };
  const kill = (): Promise<void> =>
    new Promise((done) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return done();
      child.on('exit', () => done());
      child.kill('SIGKILL');
    });
  await start();
  return {
    url: `redis://${options.password === undefined ? '' : `:${options.password}@`}127.0.0.1:${port}`,
    port,
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
