/** The most memory the process has had so far. */
export function peakRssBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}
