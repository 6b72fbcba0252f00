import { openTransport, type Transport } from '@fairlead/base'
import type { Account } from './credentials/account.ts'
import type { Session } from './rest.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Keeps the connections of an account. They are opened anew when its client certificate changes, as those of exec plugins do. */
export function openSession(account: Account, environment: Environment): Session {
  const proxies = account.proxy === undefined ? environment : { HTTP_PROXY: account.proxy, HTTPS_PROXY: account.proxy }
  let open: { readonly transport: Transport; readonly certificate: string | undefined } | undefined
  const transports = new Set<Transport>()
  return {
    async open() {
      const { headers, certificate, key } = await account.identity.get()
      if (open === undefined || open.certificate !== certificate) {
        const tls = { ...account.tls, ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }) }
        open = { certificate, transport: openTransport({ tls, environment: proxies }) }
        transports.add(open.transport)
      }
      return { transport: open.transport, headers: { ...headers, ...account.headers } }
    },
    renew: () => account.identity.renew(),
    close() {
      for (const transport of transports) transport.close()
    },
  }
}
