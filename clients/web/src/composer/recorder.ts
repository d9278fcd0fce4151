import { useEffect, useRef, useState } from "react"
import { tell } from "../app/notice"

const formats = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"]

/** Longest voice note, in seconds. */
export const longest = 600

/** Records a voice note: start, then finish with the file or give it up. on is called every few seconds while it goes on. */
export function useRecorder(on: () => void) {
  const [seconds, setSeconds] = useState<number>()
  const recorder = useRef<MediaRecorder>(undefined)
  const notify = useRef(on)
  useEffect(() => { notify.current = on })

  async function start() {
    const format = formats.find((f) => MediaRecorder.isTypeSupported(f))
    if (!format) return tell("This browser cannot record.", true)
    let stream: MediaStream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      return tell("Parley may not use the microphone.", true)
    }
    recorder.current = new MediaRecorder(stream, { mimeType: format, audioBitsPerSecond: 32_000 })
    recorder.current.start()
    setSeconds(0)
  }
  /** Ends it and returns the file. */
  function finish(): Promise<File | undefined> {
    const r = recorder.current
    if (!r || r.state === "inactive") return Promise.resolve(undefined)
    return new Promise((resolve) => {
      r.ondataavailable = (e) => {
        const type = r.mimeType.split(";")[0]!
        resolve(e.data.size ? new File([e.data], `voice.${type.split("/")[1]}`, { type }) : undefined)
      }
      end()
    })
  }
  function end() {
    const r = recorder.current
    recorder.current = undefined
    setSeconds(undefined)
    if (!r) return
    if (r.state !== "inactive") r.stop()
    for (const track of r.stream.getTracks()) track.stop()
  }

  const recording = seconds !== undefined
  useEffect(() => {
    if (!recording) return
    const begun = Date.now()
    notify.current()
    const timer = setInterval(() => {
      const now = Math.floor((Date.now() - begun) / 1000)
      setSeconds(Math.min(now, longest))
      if (now % 5 === 0) notify.current()
      if (now >= longest && recorder.current?.state === "recording") recorder.current.pause()
    }, 500)
    return () => clearInterval(timer)
  }, [recording])
  useEffect(() => () => {
    const r = recorder.current
    if (r && r.state !== "inactive") r.stop()
    for (const track of r?.stream.getTracks() ?? []) track.stop()
  }, [])
  return { seconds, start, finish, cancel: end }
}
