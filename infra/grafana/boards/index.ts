import type { Board } from '../board.ts'
import { business } from './business.ts'
import { cost } from './cost.ts'
import { operations } from './operations.ts'
import { security } from './security.ts'
import { services } from './services.ts'

export const BOARDS: readonly Board[] = [operations, business, cost, security, ...services]
