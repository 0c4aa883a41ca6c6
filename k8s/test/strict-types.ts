import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Manifest } from './kubectl.ts'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/strict', import.meta.url))
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
const LIBRARIES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
}

const validator = z.custom<new (manifest: unknown) => { validate(): void }>(
  (it) => typeof it === 'function',
  'unknown kind',
)

/** Checks types, required fields and formats by the API's own schema. Returns what is wrong, if anything. */
export async function problemsOf(manifest: Manifest): Promise<string | undefined> {
  const library: unknown = await import(moduleOf(manifest))
  const Model = z.looseObject({ [manifest.kind]: validator }).parse(library)[manifest.kind]
  try {
    ;new (validator.parse(Model))(manifest).validate()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Finds unknown fields: every manifest becomes a typed literal, and TypeScript objects to what is too much. */
export function unknownFieldsIn(manifests: readonly Manifest[]): string {
  const literals = manifests.map(
    (it, index) =>
      `// ${it.kind}/${it.metadata.name}\nimport type { I${it.kind} as T${index} } from '${moduleOf(it)}'\n` +
      `export const manifest${index}: T${index} = ${JSON.stringify(it, null, 1)}\n`,
  )
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(join(CACHE, 'manifests.ts'), literals.join('\n'))
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', '']
  try {
    execFileSync(process.execPath, [TSC, '--ignoreConfig', ...options, 'manifests.ts'], {
      cwd: CACHE,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return ''
  } catch (error) {
    return z.object({ stdout: z.string() }).parse(error).stdout
  }
}

function moduleOf({ apiVersion }: Manifest): string {
  const group = apiVersion.split('/')[0] ?? ''
  return `${LIBRARIES[group] ?? 'kubernetes-models'}/${apiVersion}`
}
