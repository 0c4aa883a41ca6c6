import { chmodSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { reachableDir } from './account.ts'

const somebodyElse = { uid: 65_534, gid: 65_534 }

describe('reachableDir', () => {
  it('stays where everybody may enter, also where nothing is yet', () => {
    const open = mkdtempSync(join(tmpdir(), 'waybill-unit-'))
    chmodSync(open, 0o711)
    expect(reachableDir(join(open, 'servers'), somebodyElse)).toBe(join(open, 'servers'))
  })

  it('goes elsewhere, and always to the same place, when the way is closed to the account', () => {
    const closed = mkdtempSync(join(tmpdir(), 'waybill-unit-'))
    const elsewhere = reachableDir(join(closed, 'servers'), somebodyElse)
    expect(elsewhere).toMatch(/\/waybill-[0-9a-f]{12}$/)
    expect(reachableDir(join(closed, 'servers'), somebodyElse)).toBe(elsewhere)
  })

  it("stays in a directory of the account's own", () => {
    const own = mkdtempSync(join(tmpdir(), 'waybill-unit-'))
    const { uid, gid } = statSync(own)
    expect(reachableDir(own, { uid, gid })).toBe(own)
  })

  it('stays when the servers run as ourselves', () => {
    const closed = mkdtempSync(join(tmpdir(), 'waybill-unit-'))
    expect(reachableDir(closed, undefined)).toBe(closed)
  })
})
