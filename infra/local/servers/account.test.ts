import { chmodSync, mkdtempDisposableSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { reachableDir } from './account.ts'

const somebodyElse = { uid: 65_534, gid: 65_534 }

describe('reachableDir', () => {
  it('stays where everybody may enter, also where nothing is yet', () => {
    using open = mkdtempDisposableSync(join(tmpdir(), 'waybill-unit-'))
    chmodSync(open.path, 0o711)
    expect(reachableDir(join(open.path, 'servers'), somebodyElse)).toBe(join(open.path, 'servers'))
  })

  it('goes elsewhere, and always to the same place, when the way is closed to the account', () => {
    using closed = mkdtempDisposableSync(join(tmpdir(), 'waybill-unit-'))
    const elsewhere = reachableDir(join(closed.path, 'servers'), somebodyElse)
    expect(elsewhere).toMatch(/\/waybill-[0-9a-f]{12}$/)
    expect(reachableDir(join(closed.path, 'servers'), somebodyElse)).toBe(elsewhere)
  })

  it("stays in a directory of the account's own", () => {
    using own = mkdtempDisposableSync(join(tmpdir(), 'waybill-unit-'))
    const { uid, gid } = statSync(own.path)
    expect(reachableDir(own.path, { uid, gid })).toBe(own.path)
  })

  it('stays when the servers run as ourselves', () => {
    using closed = mkdtempDisposableSync(join(tmpdir(), 'waybill-unit-'))
    expect(reachableDir(closed.path, undefined)).toBe(closed.path)
  })
})
