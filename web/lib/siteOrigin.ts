/** Where the page is reached from outside, without a slash at the end: DESCENT_SITE, or the development server. */
export function siteOrigin(): string {
  return new URL(process.env.DESCENT_SITE ?? 'http://localhost:3000').origin;
}
