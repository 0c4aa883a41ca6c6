import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { affected, type KnownAdvisories, lockedPackages, readKnownAdvisories } from './advisories.ts'
import { billOfMaterials, CHECKOUT, licencesOf } from './bill-of-materials.ts'

/** They let us ship without giving our source away or asking anybody. */
const LICENCES = [
  ...['MIT', 'MIT-0', 'ISC', 'BlueOak-1.0.0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'],
  ...['(MIT AND Zlib)', 'MIT or MPL-2.0'],
]

const workspace = z
  .looseObject({
    catalog: z.record(z.string(), z.string()),
    catalogMode: z.string(),
    allowBuilds: z.record(z.string(), z.boolean()),
    minimumReleaseAge: z.number(),
  })
  .parse(parse(readFileSync(join(CHECKOUT, 'pnpm-workspace.yaml'), 'utf8')))

const PLANTED: KnownAdvisories = {
  askedAt: null,
  answer: {
    minimist: [
      {
        ...{
          url: 'https://github.com/advisories/GHSA-xvch-5gv4-984h',
          title: 'Prototype Pollution in minimist',
        },
        ...{ severity: 'critical', vulnerable_versions: '<0.2.4 || >=1.0.0 <1.2.6' },
      },
    ],
  },
  accepted: [],
}

describe('what others have written', () => {
  it('S27: has one exact version, a day old at least, and runs no script when it is installed', () => {
    const loose = Object.entries(workspace.catalog).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    expect({ loose, mode: workspace.catalogMode }).toEqual({ loose: [], mode: 'strict' })
    expect(workspace.minimumReleaseAge).toBeGreaterThanOrEqual(24 * 60)
    expect(Object.values(workspace.allowBuilds)).not.toContain(true)
  })

  it('S27: has a licence that we may ship, and a hash', () => {
    const components = billOfMaterials().components.filter(
      ({ purl }) => !purl.startsWith('pkg:npm/%40waybill/'),
    )
    expect(components.length).toBeGreaterThan(100)
    const unclear = components.filter(
      (it) => licencesOf(it).length === 0 || licencesOf(it).some((name) => !LICENCES.includes(name)),
    )
    expect(unclear.map((it) => `${it.purl} ${licencesOf(it).join()}`)).toEqual([])
    const unhashed = components.filter(
      ({ externalReferences = [] }) => !externalReferences.some((it) => it.hashes),
    )
    expect(unhashed.map(({ purl }) => purl)).toEqual([])
  })

  it('S27: is listed for a service without what only others use, and the same each time', () => {
    const bill = billOfMaterials('ingress')
    const names = bill.components.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['fastify', 'amqplib']))
    expect(names).not.toContain('openai')
    expect(billOfMaterials('ingress')).toEqual(bill)
  })

  it('S27: is not what an advisory warns of, as far as advisories are known', () => {
    expect(affected(lockedPackages(), readKnownAdvisories())).toEqual([])
  })

  it('S27: would be seen when it is, and not when somebody has said why it does not concern us', () => {
    const packages = lockedPackages(
      'packages:\n  minimist@0.0.8: {}\n  minimist@1.2.8: {}\n  "@scope/it@1.0.0": {}\n',
    )
    expect(packages).toEqual({ minimist: ['0.0.8', '1.2.8'], '@scope/it': ['1.0.0'] })
    expect(affected(packages, PLANTED)).toEqual([
      'critical: minimist 0.0.8: Prototype Pollution in minimist (https://github.com/advisories/GHSA-xvch-5gv4-984h)',
    ])
    const accepted = [
      { url: 'https://github.com/advisories/GHSA-xvch-5gv4-984h', reason: 'parses our own arguments only' },
    ]
    expect(affected(packages, { ...PLANTED, accepted })).toEqual([])
  })
})
