# gnuplot rhat-by-weight-train.gp                          draws rhat-by-weight-train.svg
# gnuplot -e "format='pdf'" rhat-by-weight-train.gp        draws rhat-by-weight-train.pdf
# gnuplot -e "format='png'" rhat-by-weight-train.gp        draws rhat-by-weight-train.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'rhat-by-weight-train.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,323 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,3.3611in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,726 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.3778
set bmargin at screen 0.1405; set tmargin at screen 0.9008
set xlabel 'λ' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 0.2, 0.4, 0.6, 0.8, 1)
unset mxtics
set grid xtics
set ylabel 'r̂, nats' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (-0.4, -0.2, 0, 0.2)
unset mytics
set grid ytics
set arrow 1 from graph 0,first 0 to graph 1,first 0 nohead front linewidth 1 dashtype (5,4) linecolor rgb "#222222"
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
set logscale cb
set cbrange [1:25]
set colorbox user origin 0.3937,0.1405 size 0.0159,0.7603 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (1, 2, 5, 10, 20)
set cblabel 'samples' textcolor rgb "#222222"
plot [0:1] [-0.4837162671170617:0.3957678549139596] \
  'rhat-by-weight-train.1.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(positive($5)) with @heat notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5837; set rmargin at screen 0.9603
set bmargin at screen 0.1405; set tmargin at screen 0.9008
set xlabel 'λ' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 0.2, 0.4, 0.6, 0.8, 1)
unset mxtics
set grid xtics
set ylabel 'mean |r̂|, nats' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.02, 0.04, 0.06, 0.08, 0.1, 0.12)
unset mytics
set grid ytics
plot [0:1] [0.012:0.132] \
  'rhat-by-weight-train.2.csv' skip 1 using (finite($1)):(finite($2)) with points linestyle 1 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on handwritten digits, teacher train}' at screen 0.5,0.9504 center font ",10" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
