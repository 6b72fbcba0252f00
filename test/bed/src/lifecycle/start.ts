import { mkdir } from 'node:fs/promises'
import { bedApi, type Api } from '../access/api.ts'
import { apiserver } from '../components/apiserver.ts'
import { issueCertificates } from '../access/certificates.ts'
import { createCgroup } from '../machine/cgroup.ts'
import type { Component } from '../components/component.ts'
import { containerd, containerdAnswers } from '../components/containerd.ts'
import { controllers } from '../components/controllers.ts'
import { issueCredentials } from '../access/credentials.ts'
import { etcd, etcdAnswers } from '../components/etcd.ts'
import { importPause, packTestImage, push, shopImage, shopVersions } from '../images/images.ts'
import { kubeProxy, kubeProxyAnswers } from '../components/kube-proxy.ts'
import { kubelet, nodeIsReady } from '../components/kubelet.ts'
import { bedPaths, type Layout } from '../machine/layout.ts'
import { prepareMounts, prepareNetwork } from '../machine/namespace.ts'
import { registry, registryAnswers } from '../components/registry.ts'
import { scheduler } from '../components/scheduler.ts'
import { until } from '../machine/until.ts'

/** What starting a bed needs of its supervisor. */
export interface Starter {
  /** Starts a component and watches it from then on. */
  start(component: Component): void
  /** Notes that a stage is done. */
  stage(name: string): void
  /** Aborted when a component has ended, with the reason to tell. */
  readonly signal: AbortSignal
}

const patience = 60

/** Starts every component inside namespaces that are still empty, as early as what it depends on allows; resolves when Pods can run. */
export async function startBed(layout: Layout, starter: Starter): Promise<void> {
  const { work, certificates } = bedPaths(layout.folder)
  await mkdir(work, { recursive: true })
  await prepareMounts()
  await prepareNetwork()
  starter.stage('namespaces and network')
  await Promise.all([
    startImages(layout, starter),
    issueCertificates(certificates)
      .then(() => issueCredentials(layout.folder))
      .then(() => startControlPlane(layout, starter))
      .then((api) => startNode(layout, starter, api)),
  ])
}

async function startImages(layout: Layout, starter: Starter): Promise<void> {
  starter.start(await containerd(layout))
  starter.start(await registry(layout))
  const { signal } = starter
  await until({ what: 'containerd to answer', seconds: patience, signal }, containerdAnswers)
  await importPause(layout)
  starter.stage('containerd')
  await until({ what: 'the registry to answer', seconds: patience, signal }, registryAnswers)
  for (const version of shopVersions) await push(await packTestImage(shopImage(version), layout.programs.shop))
  starter.stage(`registry, with shop:${shopVersions.join(', :')}`)
}

async function startControlPlane(layout: Layout, starter: Starter): Promise<Api> {
  const { signal } = starter
  starter.start(etcd(layout))
  await until({ what: 'etcd to answer', seconds: patience, signal }, etcdAnswers)
  starter.stage('etcd')
  starter.start(apiserver(layout))
  const api = await bedApi(layout.folder)
  await until({ what: 'the API server to be ready', seconds: patience, signal }, () => api.get('/readyz'))
  starter.stage('API server')
  return api
}

async function startNode(layout: Layout, starter: Starter, api: Api): Promise<void> {
  const { signal } = starter
  await createCgroup(layout.cgroup)
  starter.start(controllers(layout))
  starter.start(await kubelet(layout))
  starter.start(scheduler(layout))
  starter.start(await kubeProxy(layout))
  await Promise.all([
    until({ what: 'the node to be ready', seconds: patience, signal }, () => nodeIsReady(api)).then(() => starter.stage('node')),
    until({ what: 'kube-proxy to answer', seconds: patience, signal }, kubeProxyAnswers).then(() => starter.stage('Services')),
    // Pods are refused until their namespace has its service account, which the controllers make.
    until({ what: 'the default service account', seconds: patience, signal }, () => api.get('/api/v1/namespaces/default/serviceaccounts/default')).then(() =>
      starter.stage('default service account'),
    ),
  ])
}
