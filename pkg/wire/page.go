package wire

// Fit renders as many of all, from the first on, as take no more than room in a frame, and reports whether some are left out. Each
// of them must find room by itself.
func Fit[A, L any](all []A, room int, line func(A) L) (lines []L, cut bool, err error) {
	lines = []L{}
	for _, one := range all {
		rendered := line(one)
		frame, err := Encode(rendered)
		if err != nil {
			return lines, false, err
		}
		if room -= len(frame) + 1; room < 0 {
			return lines, true, nil
		}
		lines = append(lines, rendered)
	}
	return lines, false, nil
}
