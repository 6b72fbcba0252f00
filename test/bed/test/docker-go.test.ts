import { describe, expect, test } from 'vitest'
import { dockerArguments } from '../src/binaries/docker-go.ts'

describe('dockerArguments', () => {
  test('mounts a module of ours, read-only, and builds it for the cluster', () => {
    const told = dockerArguments({ source: '/home/jane/shop', output: '/cache/shop/bin/shop', os: 'linux', architecture: 'arm64' }, 501)
    expect(told.slice(0, 10)).toEqual([
      'run',
      '--rm',
      '--user',
      '501',
      '--volume',
      '/cache/shop/bin:/out',
      '--volume',
      '/home/jane/shop:/src:ro',
      '--workdir',
      '/src',
    ])
    expect(told).toEqual(expect.arrayContaining(['GOOS=linux', 'GOARCH=arm64', 'CGO_ENABLED=0']))
    expect(told.slice(-7)).toEqual(['golang:1.26', 'sh', '-c', 'go build -trimpath -o "$2" .', 'sh', '/home/jane/shop', '/out/shop'])
  })

  test('installs a published module for this machine', () => {
    const told = dockerArguments({ source: 'sigs.k8s.io/kind@v0.32.0', output: '/cache/kind/kind', os: 'darwin', architecture: 'arm64' }, undefined)
    expect(told).not.toContain('--user')
    expect(told).toEqual(expect.arrayContaining(['GOOS=darwin']))
    expect(told.slice(-2)).toEqual(['sigs.k8s.io/kind@v0.32.0', '/out/kind'])
  })
})
