import { join } from 'node:path'
import type { Component } from './component.ts'
import { addresses, bedPaths, type Layout } from '../machine/layout.ts'

/** The store. Its data is worth nothing after the bed's end, so it never waits for the disk. */
export function etcd(layout: Layout): Component {
  return {
    name: 'etcd',
    command: join(layout.programs.bin, 'etcd'),
    args: [
      '--name=bed',
      `--data-dir=${join(bedPaths(layout.folder).work, 'etcd')}`,
      `--listen-client-urls=${addresses.etcd}`,
      `--advertise-client-urls=${addresses.etcd}`,
      `--listen-peer-urls=${addresses.etcdPeer}`,
      `--initial-advertise-peer-urls=${addresses.etcdPeer}`,
      `--initial-cluster=bed=${addresses.etcdPeer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  }
}

/** Whether etcd has elected itself and answers. */
export async function etcdAnswers(): Promise<boolean> {
  return (await fetch(`${addresses.etcd}/health`, { signal: AbortSignal.timeout(2000) })).ok
}
