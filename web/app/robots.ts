import type { MetadataRoute } from 'next';
import { siteOrigin } from '../lib/siteOrigin.ts';

// Where the page stands is known when it runs.
export const dynamic = 'force-dynamic';

export default function robots(): MetadataRoute.Robots {
  return { rules: { userAgent: '*', allow: '/' }, sitemap: `${siteOrigin()}/sitemap.xml` };
}
