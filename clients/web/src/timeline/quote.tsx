import type { Quote } from "@parley-im/client"
import { Name } from "../people/person"
import { Line } from "../text/line"
import { quoted } from "../text/preview"
import { hueClass } from "../ui/avatar"
import "./quote.css"

/** The message that another one answers, in two lines; opening it goes there. */
export function QuoteLine({ quote, onOpen }: { quote: Quote; onOpen(): void }) {
  return (
    <button type="button" className="quote" onClick={onOpen} title="Go to this message">
      {quote.from && !quote.gone && <strong className={hueClass(quote.from)}><Name user={quote.from} /></strong>}
      <Line text={quoted(quote)} className="quote-text" />
    </button>
  )
}
