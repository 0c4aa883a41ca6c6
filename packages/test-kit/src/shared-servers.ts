import type { Servers } from '@waybill/local'

/** From Jest's global setup to its teardown, which run in one process. */
export const sharedServers: { running?: Servers } = {}
