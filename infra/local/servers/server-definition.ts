import type { Account } from './account.ts'

/** The first runs alone, or with the two others as a cluster. */
export type BrokerName = 'rabbitmq' | 'rabbitmq-2' | 'rabbitmq-3'
export type ServerName = 'postgres' | 'redis' | 'epmd' | BrokerName

/** How one server is run. Everything it writes is below `dir`. */
export type ServerDefinition = {
  name: ServerName
  dir: string
  program: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  stopSignal: NodeJS.Signals
  patienceMs?: number
  isReady: () => Promise<boolean>
}

export type ServerPlace = {
  dir: string
  account: Account | undefined
  /** Data survive a power cut. Off for servers whose data nobody wants back. */
  isDurable: boolean
}
