// What the programs of this folder share: they print "ok NAME" or "FAIL NAME: why" and end with status 1 after a failure.
import assert from 'node:assert/strict';

export { assert };

let failed = false;

/** Runs one check, for 60 s at most. */
export async function check(name, run) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('nothing happens any more')), 60_000);
  });
  try {
    await Promise.race([run(), late]);
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.log(`FAIL ${name}: ${String(error.message ?? error).replaceAll('\n', ' ')}`);
  } finally {
    clearTimeout(timer);
  }
}

/** The ports of server.cc from the command line. */
export function ports() {
  const [page, allowing, strange] = process.argv.slice(2).map(Number);
  return { page, allowing, strange };
}

export function end() {
  process.exit(failed ? 1 : 0);
}

/** The text of Kratos's control frames. */
export const END = '\x1eend';
export const ERROR = '\x1eerror:';

/** An error text of 200 bytes, all of them parts of longer sequences. */
export const LONG = 'é'.repeat(100);
