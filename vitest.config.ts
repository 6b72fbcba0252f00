import { defineConfig } from 'vitest/config'

// Three kinds of tests, told apart by name. Nothing here is retried, and what lacks its cluster fails instead of being skipped.
//   *.test.ts          decisions, protocols over loopback, contracts: no cluster        pnpm check
//   *.bundle.test.ts   every committed bundle, run as the runner runs it                pnpm check
//   *.cluster.test.ts  against a real API server, kubelet and Pods                      inside `pnpm test`
const cluster = process.env['FAIRLEAD_SUITE'] === 'cluster'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    include: [cluster ? '**/*.cluster.test.ts' : '**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**', '**/dist/**', ...(cluster ? [] : ['**/*.cluster.test.ts'])],
    testTimeout: cluster ? 120_000 : 20_000,
    hookTimeout: cluster ? 120_000 : 60_000,
    fileParallelism: !cluster,
    maxWorkers: 2,
    retry: 0,
    passWithNoTests: false,
  },
})
