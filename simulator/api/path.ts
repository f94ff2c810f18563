export const BASE_PATH = '/api/v1';

/** The decoded segments below the base path; undefined for an address outside the API, whose addresses all end in `/`. */
export function splitPath(path: string): readonly string[] | undefined {
  if (!path.startsWith(`${BASE_PATH}/`) || !path.endsWith('/')) return undefined;
  try {
    const segments = path
      .slice(BASE_PATH.length + 1, -1)
      .split('/')
      .map(decodeURIComponent);
    return segments.includes('') ? undefined : segments;
  } catch {
    return undefined;
  }
}
