import type { Measure } from '../measure.ts'
import { cost } from './cost.ts'

/** In the order in which they run, and stand in the table. */
export const MEASURES: readonly Measure[] = [cost]
