/** Programs to hold a clock to. */
import { spawn } from 'node:child_process';

/** Runs `ip` once. @throws with its words when it fails */
export async function ip(lines: readonly string[], args: readonly string[] = ['-batch', '-']): Promise<void> {
  const child = spawn('ip', args);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  child.stdout.resume();
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  if (status !== 0) throw new Error(`ip: ${words}`);
}

/** The calls of `ip` that a whole read needs, bare: nothing is understood, nothing kept. */
export async function readBare(): Promise<void> {
  await Promise.all([
    ip(['addr show', 'route show table all type unicast', 'rule show'], ['-d', '-j', '-batch', '-']),
    ip(['rule show'], ['-6', '-d', '-j', '-batch', '-']),
  ]);
}
