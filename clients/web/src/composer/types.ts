// The media types of the contract; a file of another type goes as bytes without meaning.
const types = new Set([
  "application/pdf", "application/zip", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "image/gif", "image/heic", "image/jpeg", "image/png",
  "image/webp", "text/plain", "video/mp4", "video/quicktime", "video/webm",
])

const longestName = 255

/** The same file with a type and a name that the server takes. */
export function acceptable(file: File): File {
  const type = types.has(file.type) ? file.type : "application/octet-stream"
  const name = [...file.name.replace(/[\p{Cc}/\\]/gu, "_")].slice(-longestName).join("") || "file"
  return type === file.type && name === file.name ? file : new File([file], name, { type, lastModified: file.lastModified })
}
