import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv as parseDotEnv } from 'node:util'
import { expect, it } from '@jest/globals'
import { KNOWN_SECRETS } from './known-secrets.ts'

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(`${CHECKOUT}/${path}`, 'utf8')
const COMPOSE_FILES = ['docker-compose.yml', 'docker-compose.one-box.yml']
const IS_SECRET = /(TOKEN|SECRET|KEY|PASSWORD|COOKIE)$/

function defaultsOf(compose: string): [string, string][] {
  return [...compose.matchAll(/\$\{(\w+):?-([^}]*)\}/g)].map(([, name = '', value = '']) => [name, value])
}

function withPasswords([name, value]: readonly [string, string]): [string, string][] {
  return URL.canParse(value) ? [[`${name}_PASSWORD`, new URL(value).password]] : [[name, value]]
}

it.each([
  ['docker compose', COMPOSE_FILES.flatMap((file) => defaultsOf(read(file)))],
  ['k8s/overlays/dev', Object.entries(parseDotEnv(read('k8s/overlays/dev/secrets.env')))],
])('S17: no service takes a secret of %s for one', (_where, values) => {
  const secrets = values
    .map(([name, value]): [string, string] => [name, value ?? ''])
    .flatMap(withPasswords)
    .filter(([name, value]) => IS_SECRET.test(name) && value !== '')
  expect(secrets.length).toBeGreaterThan(0)
  for (const [name, value] of secrets)
    expect({ name, isKnown: KNOWN_SECRETS.has(value) }).toEqual({ name, isKnown: true })
})
