export function weigh(): Promise<Record<string, { bytes: number; bound: number }>>;
