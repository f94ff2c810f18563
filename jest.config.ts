import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/simulator', '<rootDir>/__tests__'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  transform: {},
  // As in the bundles.
  moduleNameMapper: { '^(?:@actions/)?(undici|exec)$': '<rootDir>/scripts/build/shims/$1.cjs' },
  extensionsToTreatAsEsm: ['.ts'],
  restoreMocks: true,
  // What hangs is ended by its own limits in virtual time; this one must not depend on how busy a machine is.
  testTimeout: 60_000,
  // Half of the files mostly wait for processes: with as many workers as cores, the cores would rest.
  maxWorkers: 2 * availableParallelism(),
  testSequencer: '<rootDir>/scripts/jest/sequencer.ts',
  maxConcurrency: 8,
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts', 'simulator/**/*.ts'],
  coverageReporters: ['text', 'json-summary'],
  reporters: ['default', '<rootDir>/scripts/jest/reporter.ts'],
};

export default config;
