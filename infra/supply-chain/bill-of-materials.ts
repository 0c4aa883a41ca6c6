import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const CHECKOUT = join(import.meta.dirname, '../..')

const manifestSchema = z.object({
  devEngines: z.object({ packageManager: z.object({ version: z.string() }) }),
})

/** CycloneDX 1.7, of what we read of it: https://cyclonedx.org/docs/1.7/json */
const billSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({}),
  components: z
    .array(
      z.looseObject({
        name: z.string(),
        group: z.string().optional(),
        version: z.string(),
        purl: z.string(),
        licenses: z
          .array(
            z.union([
              z.object({ expression: z.string() }),
              z.object({ license: z.object({ id: z.string().optional(), name: z.string().optional() }) }),
            ]),
          )
          .optional(),
        externalReferences: z.array(z.looseObject({ hashes: z.array(z.unknown()).optional() })).optional(),
      }),
    )
    .default([]),
  dependencies: z
    .array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() }))
    .default([]),
})
export type BillOfMaterials = z.output<typeof billSchema>

/**
 * What we ship that others have written, as pnpm finds it in the lockfile: of a service, or of all of them. In order,
 * without the moment and the serial number, so that the same commit has the same one.
 */
export function billOfMaterials(service?: string): BillOfMaterials {
  const { devEngines } = manifestSchema.parse(
    JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')),
  )
  const filter = service === undefined ? [] : ['--filter', `@waybill/${service}`]
  const text = execFileSync(
    'npx',
    [
      ...['-y', `pnpm@${devEngines.packageManager.version}`, ...filter, 'sbom', '--prod'],
      ...['--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
    ],
    { cwd: CHECKOUT, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const { serialNumber: _, ...bill } = billSchema.parse(JSON.parse(text))
  const { timestamp: _at, ...metadata } = bill.metadata
  return {
    ...bill,
    metadata,
    components: bill.components.toSorted((a, b) => compare(a.purl, b.purl)),
    dependencies: bill.dependencies
      .map((it) => ({ ...it, dependsOn: it.dependsOn?.toSorted(compare) }))
      .toSorted((a, b) => compare(a.ref, b.ref)),
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))

/** The licences of a component, as its author has named them. */
export function licencesOf({ licenses = [] }: BillOfMaterials['components'][number]): string[] {
  return licenses.map((it) =>
    'expression' in it ? it.expression : (it.license.id ?? it.license.name ?? 'unknown'),
  )
}
