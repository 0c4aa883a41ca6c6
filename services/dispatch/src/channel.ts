import type { PendingNotice } from '@waybill/database'

/** A way to tell dispatchers. `tell` throws when it is not certain that they have it. */
export type Channel = { name: 'webhook' | 'email'; tell: (notice: PendingNotice) => Promise<void> }
