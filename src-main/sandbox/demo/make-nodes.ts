import type { Graph, Properties } from '../graph/graph.ts'
import { cities, firstNames, lastNames, streets, tags, trades } from './people-and-places.ts'
import type { Random } from './random.ts'
import { boolean, date, dateTime, float, integer, map, properties, text, texts, timeOfDay } from './values.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

/** An account with what its payments need to know of it. */
export type DemoAccount = { readonly nodeId: number; readonly currency: string }

export type DemoMerchant = { readonly nodeId: number; readonly centsMax: number }

/** Creates a customer; returns its node id. */
export function createCustomer(graph: Graph, random: Random, number: number, nowMs: number): number {
  const name = `${random.pick(firstNames)} ${random.pick(lastNames)}`
  const { country, city } = random.pick(cities)
  const isBusiness = random.isLucky(0.12)
  const fields = {
    name: text(isBusiness ? `${name} & Co.` : name),
    customerNumber: integer(100_000 + number),
    email: text(`customer${number}@example.com`),
    country: text(country),
    since: date(nowMs - random.integer(9 * YEAR_MS)),
    riskScore: float(Math.round(random.next() * 1000) / 1000),
    active: boolean(random.isLucky(0.93)),
    tags: texts(tags.filter(() => random.isLucky(0.25))),
    address: map({ street: text(`${random.pick(streets)} ${random.between(1, 180)}`), city: text(city) }),
  }
  return graph.createNode(isBusiness ? ['Customer', 'Business'] : ['Customer'], properties(fields)).id
}

/** Creates an account of a customer with the edge between them. */
export function createAccount(graph: Graph, random: Random, customerId: number, nowMs: number): DemoAccount {
  const { country, currency } = random.pick(cities)
  const isSavings = random.isLucky(0.2)
  const openedMs = nowMs - random.integer(5 * YEAR_MS)
  const digits = String(random.integer(10 ** 9)).padStart(9, '0') + String(random.integer(10 ** 9)).padStart(9, '0')
  const fields = {
    iban: text(`${country}${random.between(10, 98)}${digits}`),
    currency: text(currency),
    balanceCents: integer(random.between(1_000, 2_500_000)),
    openedAt: { type: 'localDateTime', seconds: BigInt(Math.floor(openedMs / 1000)), nanoseconds: 0 } as const,
    overdraftCents: integer(isSavings ? 0 : random.integer(6) * 50_000),
    ...(isSavings
      ? {
          term: {
            type: 'duration',
            months: BigInt(random.between(3, 60)),
            days: 0n,
            seconds: 0n,
            nanoseconds: 0,
          } as const,
        }
      : {}),
  }
  const { id } = graph.createNode(isSavings ? ['Account', 'Savings'] : ['Account'], properties(fields))
  graph.createEdge('OWNS', customerId, id, properties({ since: date(openedMs), share: float(1) }))
  return { nodeId: id, currency }
}

export function createMerchant(graph: Graph, random: Random): DemoMerchant {
  const trade = random.pick(trades)
  const { city, country, latitude, longitude } = random.pick(cities)
  const near = (degrees: number) => degrees + (random.next() - 0.5) / 10
  const opensAtMinutes = random.between(6, 11) * 60
  const fields = {
    name: text(`${random.pick(trade.names)} ${city}`),
    category: text(trade.category),
    country: text(country),
    location: { type: 'vector', values: Float32Array.of(near(latitude), near(longitude)) } as const,
    opens: timeOfDay(opensAtMinutes),
    closes: timeOfDay(opensAtMinutes + 600),
    feePercent: float(random.between(5, 29) / 10),
  }
  return { nodeId: graph.createNode(['Merchant'], properties(fields)).id, centsMax: trade.centsMax }
}

/** Creates a device and the edges from the customers who use it. */
export function createDevice(graph: Graph, random: Random, customerIds: readonly number[], nowMs: number): void {
  const seenMs = nowMs - random.integer(30 * DAY_MS)
  const fields = {
    fingerprint: text(
      random
        .integer(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ),
    model: text(random.pick(['phone', 'tablet', 'watch', 'laptop'])),
    trusted: boolean(random.isLucky(0.8)),
    firstSeenAt: {
      type: 'zonedDateTime',
      seconds: BigInt(Math.floor(seenMs / 1000)),
      nanoseconds: (seenMs % 1000) * 1_000_000,
      offsetSeconds: 3600,
      zone: 'Europe/Amsterdam',
    } as const,
  }
  const device = graph.createNode(['Device'], properties(fields))
  for (const customerId of customerIds) {
    graph.createEdge('USES', customerId, device.id, properties({ firstSeenAt: dateTime(seenMs) }))
  }
}

/** The properties of a node with one of them replaced. */
export function withProperty(before: Properties, name: string, value: ReturnType<typeof text>): Properties {
  return new Map(before).set(name, value)
}
