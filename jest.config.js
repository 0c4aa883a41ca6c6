const base = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@waybill/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
}

const onRealServers = {
  ...base,
  globalSetup: '<rootDir>/packages/test-kit/src/start-shared-servers.ts',
  globalTeardown: '<rootDir>/packages/test-kit/src/stop-shared-servers.ts',
}

// They want all of it: beside another suite they would see what that one does to them. A conversation in French turns English
// when its translation takes too long.
const LOADS_THE_MACHINE = [
  '/tests/bench/bench.test.ts',
  '/tests/e2e/conversations.test.ts',
  '/tests/faults/faults.test.ts',
  '/tests/thousand-messages.test.ts',
]

export default {
  // Waits name what they wait for, and give up before it.
  testTimeout: 60_000,
  // With one, all suites run in one process, and V8 spins for ever on so many module graphs.
  maxWorkers: 2,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{services,packages}/*/src/**/*.test.ts', '<rootDir>/{infra,k8s}/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.int\\.test\\.ts$'],
    },
    {
      ...onRealServers,
      displayName: 'integration',
      testMatch: ['<rootDir>/{services,packages,infra}/*/test/**/*.int.test.ts'],
    },
    {
      ...onRealServers,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...LOADS_THE_MACHINE],
    },
    {
      ...onRealServers,
      displayName: 'load',
      testMatch: LOADS_THE_MACHINE.map((it) => `<rootDir>${it}`),
    },
  ],
}
