import { configurationPage } from './configuration.ts'

/** The pages of docs that are written by code, by their names. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'configuration.md': configurationPage,
}

export const DOCS = new URL('../../docs/', import.meta.url)
