// Chromium as the programs of this folder want it: without a window, and silent beyond loopback.
import { chromium } from 'playwright-core';

/** A browser of the program, with its profile in that directory. */
export const launch = (program, profile) => chromium.launchPersistentContext(profile, {
  executablePath: program,
  headless: true,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage', '--no-proxy-server',
  ],
});
