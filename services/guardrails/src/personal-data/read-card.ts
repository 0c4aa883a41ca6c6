import cardValidator from 'card-validator'
import type { NumberRun } from './number-run.ts'
import type { Reading } from './rule.ts'

// As they are printed on cards.
const PRINTED = /^(?:\d+|4-4-4-4|4-6-5|4-6-4)$/

// Older and rarer cards are as long as phone numbers, barcodes and consignments.
const LENGTH_OF_MOST = /^\d{14,16}$/

/**
 * A card by its issuer's ranges and the Luhn digit. Beside a word for a card also a number that fails them, since
 * people mistype, and since nobody calls an order number a card.
 */
export const readCard = ({
  digits,
  shape,
  topic,
  isDirect,
  isPartOfSeries,
}: NumberRun): Reading | undefined => {
  if (digits.length < 12 || digits.length > 19) return
  const isPrinted = PRINTED.test(shape)
  if (topic === 'card') return { score: isIssued(digits) ? 0.98 : isPrinted ? 0.7 : 0.6 }
  const isInFours = shape === '4-4-4-4'
  if (isPartOfSeries || (topic === 'work' && (isDirect || !isInFours))) return
  if (isPrinted && LENGTH_OF_MOST.test(digits) && isIssued(digits)) return { score: isInFours ? 0.95 : 0.85 }
  return isInFours ? { score: 0.5 } : undefined
}

const isIssued = (digits: string) => cardValidator.number(digits).isValid
