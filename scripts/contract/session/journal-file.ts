import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type Journal, type JournalStore } from './journal.ts';

/** The journal in a file, which is on the disk, and whole, when `save` returns. */
export function createJournalFile(file: string): JournalStore {
  return {
    load() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      return JSON.parse(text) as Journal;
    },
    save(journal) {
      const next = `${file}.next`;
      const descriptor = openSync(next, 'w');
      try {
        writeSync(descriptor, JSON.stringify(journal, undefined, 2));
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(next, file);
    },
    remove() {
      rmSync(file, { force: true });
    },
  };
}
