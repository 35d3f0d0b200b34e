import Testing

@testable import Figures

@Suite("The script of a figure is known to the letter")
struct GoldenScriptTests {
  @Test func smallFigureHasItsScript() {
    #expect(FigureScript(smallFigure).text == Self.script + "\n")
  }

  /// Read and drawn before it was put down here: whatever changes it changes
  /// every figure.
  private static let script = #"""
    # gnuplot small.gp                          draws small.svg
    # gnuplot -e "format='pdf'" small.gp        draws small.pdf
    # gnuplot -e "format='png'" small.gp        draws small.png
    reset
    set encoding utf8
    if (!exists("format")) format = 'svg'
    if (!exists("output")) output = 'small.' . format
    heat = 'image'
    tile = 'rgbimage'
    cap = 'heads nofilled size screen 0.004,90'
    if (format eq 'svg') {
      # Cells as shapes: browsers smooth the pixels of images.
      heat = 'image pixels'
      tile = 'rgbimage pixels'
      set terminal svg enhanced size 672,384 font "sans-serif,9" \
        fontscale 1.3333 background "#FFFFFF"
    } else { if (format eq 'pdf') {
      set terminal pdfcairo enhanced size 7in,4in font "Sans,9" \
        fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
    } else { if (format eq 'png') {
      set terminal pngcairo enhanced size 1512,864 font "Sans,9" \
        fontscale 2.25 linewidth 2.25 pointscale 1 background "#FFFFFF"
    } else {
      exit error 'format is svg, pdf or png'
    } } }
    set output output

    # Gaps: values that are not finite, or have no place on a log axis.
    finite(v) = abs(v) < 1e300 ? v : NaN
    positive(v) = v >= 1e-300 && v < 1e300 ? v : NaN
    set datafile separator comma
    set datafile commentschars ""
    set decimalsign '.'
    set minussign
    unset key
    set border 3 linecolor rgb "#444444" linewidth 0.8
    set tics out nomirror scale 0.6,0.3 textcolor rgb "#222222"
    set tics font ",8"
    set grid xtics ytics back linetype 1 linewidth 0.6 \
      linecolor rgb "#E4E4E4"
    set style line 1 linecolor rgb "#0072B2" linewidth 1.7 dashtype solid pointtype 7 pointsize 0.55
    set style line 2 linecolor rgb "#D55E00" linewidth 1.7 dashtype (9,3) pointtype 5 pointsize 0.55

    set multiplot

    # Panel 1
    unset label; unset arrow; unset object; unset title; unset colorbox
    unset xlabel; unset ylabel; unset logscale
    set lmargin at screen 0.0861; set rmargin at screen 0.8508
    set bmargin at screen 0.1181; set tmargin at screen 0.9688
    set xlabel 'step' offset 0,0.3 textcolor rgb "#222222"
    set format x '%h'
    set xtics norotate scale 0.6,0.3 (0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2)
    unset mxtics
    set grid xtics
    set ylabel 'loss' textcolor rgb "#222222"
    set format y '%h'
    set ytics norotate scale 0.6,0.3 (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4)
    unset mytics
    set grid ytics
    plot [0:2] [-0.1:4.2] \
      'small.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
      'small.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
      'small.csv' skip 1 using (finite($1)):(finite($5)) with lines linestyle 2 notitle

    # Title and legend
    unset label; unset arrow; unset object; unset title; unset colorbox
    unset xlabel; unset ylabel; unset logscale
    set key at screen 0.8746,0.9653 left top vertical maxcols 1 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
    set lmargin at screen 0; set rmargin at screen 1
    set bmargin at screen 0; set tmargin at screen 1
    unset border; unset tics; unset grid
    plot [0:1] [0:1] \
      NaN notitle, \
      keyentry with lines linestyle 1 title 'mixup', \
      keyentry with lines linestyle 2 title 'ERM'

    unset multiplot
    unset output
    """#
}
