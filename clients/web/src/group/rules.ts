/** The choices of seconds between two messages of a member; 0 is none. */
export const slows = [0, 10, 30, 60, 300, 900, 3600]

/** The choices of seconds after which messages disappear; 0 is never. */
export const lives = [0, 30, 300, 3600, 86_400, 604_800, 2_592_000]
