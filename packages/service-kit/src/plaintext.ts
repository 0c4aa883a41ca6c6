import { isIP } from 'node:net'

/**
 * Why what goes to a URL could be read or answered by somebody in between, for a sentence that begins with the variable. A
 * value may hold several URLs, by comma; one that holds none is no problem.
 */
export function plaintextProblem(value: string, plaintextHosts: readonly string[]): string | undefined {
  for (const url of urlsIn(value)) {
    const weakness = weaknessOf(url)
    if (weakness && !isLoopback(url.hostname) && !plaintextHosts.includes(url.hostname)) return weakness
  }
  return undefined
}

function urlsIn(value: string): URL[] {
  return [value, ...value.split(',')].flatMap((it) => (URL.canParse(it) ? [new URL(it)] : []))
}

function weaknessOf({ protocol, searchParams }: URL): string | undefined {
  switch (protocol) {
    case 'amqp:':
      return 'is not encrypted: amqps:// is'
    case 'redis:':
      return 'is not encrypted: rediss:// is'
    case 'http:':
      return 'is not encrypted: https:// is'
    case 'postgres:':
    case 'postgresql:':
      return searchParams.getAll('sslmode').join() === 'verify-full'
        ? undefined
        : 'needs ?sslmode=verify-full'
    case 'smtp:':
      return searchParams.getAll('requireTLS').join() === 'true'
        ? undefined
        : 'needs ?requireTLS=true, or smtps://'
    default:
      return undefined
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))
}
