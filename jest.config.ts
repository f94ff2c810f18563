import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/simulator', '<rootDir>/__tests__'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  restoreMocks: true,
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts', 'simulator/**/*.ts'],
  coverageReporters: ['text', 'json-summary'],
  reporters: ['default', '<rootDir>/scripts/jest-summary.ts'],
};

export default config;
