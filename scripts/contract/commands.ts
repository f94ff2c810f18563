import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { type Content } from './plays/restores.ts';

export interface CommandOptions {
  readonly writeCommand: string | null;
  readonly readCommand: string | null;
}

const TIMEOUT_MS = 60_000;

/** What is on the server, changed and read by commands of whoever runs this; null without them. */
export function createCommands({ writeCommand, readCommand }: CommandOptions): Content | null {
  if (writeCommand === null || readCommand === null) return null;
  const run = async (command: string): Promise<string> => {
    // The tokens are none of their business.
    const { VPS_API_TOKEN: _, VPS_API_LIMITED_TOKEN: __, ...env } = process.env;
    const { stdout } = await promisify(exec)(command, { env, timeout: TIMEOUT_MS });
    return stdout.trim();
  };
  return {
    change: async () => void (await run(writeCommand)),
    read: async () => await run(readCommand),
  };
}
