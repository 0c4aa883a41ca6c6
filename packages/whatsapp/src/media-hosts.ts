import { lookup as lookupName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Where a medium may be read from: a host name (https, public addresses), or an origin as it stands. */
export type MediaHosts = {
  /** Throws for a URL that is on nobody's list. */
  check(url: URL): void
  /** For the connection itself: what is resolved here is what is connected to. */
  lookup: LookupFunction
}

const BLOCKED = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', '64:ff9b::/96', '2001:db8::/32', '2002::/16', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
]

const blockList = new BlockList()
for (const range of BLOCKED) {
  const [address = '', prefix = ''] = range.split('/')
  blockList.addSubnet(address, Number(prefix), familyOf(address))
}

/** Loopback, private, link-local, metadata, documentation and multicast addresses, also inside IPv6. */
export function isPrivateAddress(address: string): boolean {
  return isIP(address) === 0 || blockList.check(address, familyOf(address))
}

/**
 * `lookaside.fbsbx.com`: https on its usual port, at addresses that are not private. `http://127.0.0.1:3000`: just
 * this origin, wherever it is; whoever writes that into a configuration means it.
 */
export function mediaHosts(allowed: readonly string[], resolve: LookupFunction = lookupName): MediaHosts {
  const origins = new Set(allowed.filter((it) => it.includes('://')).map((it) => new URL(it).origin))
  const names = new Set(allowed.filter((it) => !it.includes('://')).map((it) => it.toLowerCase()))
  const trusted = new Set([...origins].map((origin) => new URL(origin).hostname))

  return {
    check(url) {
      const isPlain = url.username === '' && url.password === ''
      const isNamed = url.protocol === 'https:' && url.port === '' && names.has(url.hostname)
      if (!isPlain || !(isNamed || origins.has(url.origin))) {
        throw new Error('a medium is on a host that is not allowed')
      }
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, found) => {
        const addresses = Array.isArray(found) ? found : []
        const allowedOnes = addresses.filter(
          ({ address }) => trusted.has(hostname) || !isPrivateAddress(address),
        )
        const [first] = allowedOnes
        if (error) callback(error, [])
        else if (!first) callback(new Error('a medium is at an address that is not allowed'), [])
        else if (options.all) callback(null, allowedOnes)
        else callback(null, first.address, first.family)
      })
    },
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
