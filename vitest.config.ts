import { defineConfig } from 'vitest/config'

// Three suites, told apart by file name. Nothing is retried, and what lacks its cluster fails instead of being skipped.
//   default   *.test.ts           decisions, protocols over loopback, contracts, bundles run as the runner runs them
//   fresh     *.fresh.test.ts     a rebuild of every bundle against what is committed
//   cluster   *.cluster.test.ts   against a real API server, kubelet and Pods; run where KUBECONFIG points to one
//             *.bed.test.ts       beside those inside the bed, for what only it has
const SUITES = { default: '**/*.test.ts', fresh: '**/*.fresh.test.ts', cluster: '**/*.cluster.test.ts' }
const { FAIRLEAD_SUITE: asked = 'default' } = process.env
const suite = asked === 'cluster' || asked === 'fresh' ? asked : 'default'
const BED = '**/*.bed.test.ts'
const withBed = suite === 'cluster' && process.env['FAIRLEAD_INSIDE'] !== undefined
const others = Object.entries(SUITES).flatMap(([name, pattern]) => (name === suite || name === 'default' ? [] : [pattern]))

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: {
    include: withBed ? [SUITES[suite], BED] : [SUITES[suite]],
    exclude: ['**/node_modules/**', '**/build/**', '**/dist/**', ...others, ...(withBed ? [] : [BED])],
    testTimeout: suite === 'default' ? 20_000 : 180_000,
    hookTimeout: suite === 'default' ? 60_000 : 180_000,
    fileParallelism: suite === 'default',
    maxWorkers: 2,
    retry: 0,
    passWithNoTests: false,
  },
})
