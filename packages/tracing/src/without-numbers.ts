/** PostgreSQL quotes values in its messages: digits as long as a phone number are cut out of what leaves the process. */
export function withoutNumbers(text: string): string {
  return text.replace(/\d{8,}/g, '…')
}
