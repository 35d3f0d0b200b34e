# gnuplot modes.gp                          draws modes.svg
# gnuplot -e "format='pdf'" modes.gp        draws modes.pdf
# gnuplot -e "format='png'" modes.gp        draws modes.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'modes.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,587 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,6.1111in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,1320 font "Sans,9" \
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
set style line 3 linecolor rgb "#009E73" linewidth 1.7 dashtype (2.5,2.5) pointtype 9 pointsize 0.55
set style line 4 linecolor rgb "#CC79A7" linewidth 1.7 dashtype (9,3,2,3) pointtype 13 pointsize 0.55
set style line 5 linecolor rgb "#E69F00" linewidth 1.7 dashtype (18,4) pointtype 6 pointsize 0.55

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.582; set tmargin at screen 0.908
set title 'generated' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'eigenvalue μ of K' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'amplitude' textcolor rgb "#222222"
set logscale y
set format y '10^{%T}'
set ytics norotate scale 0.6,0.3 autofreq
set mytics
set grid ytics
plot [9.11e-06:10.7] [0.000328:2.01] \
  'modes.1.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 5 notitle, \
  'modes.1.csv' skip 1 using (positive($1)):(positive($3)) with points linestyle 4 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5837; set rmargin at screen 0.9603
set bmargin at screen 0.582; set tmargin at screen 0.908
set title 'digits' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'eigenvalue μ of K' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'amplitude' textcolor rgb "#222222"
set logscale y
set format y '10^{%T}'
set ytics norotate scale 0.6,0.3 autofreq
set mytics
set grid ytics
plot [0.000544:208] [0.000406:0.876] \
  'modes.2.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 5 notitle, \
  'modes.2.csv' skip 1 using (positive($1)):(positive($3)) with points linestyle 4 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.1391; set tmargin at screen 0.5025
set xlabel 'eigenvalue μ of K' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'best time, steps' textcolor rgb "#222222"
set logscale y
set format y '10^{%T}'
set ytics norotate scale 0.6,0.3 autofreq
set mytics
set grid ytics
plot [9.11e-06:10.7] [0.999:647000] \
  'modes.3.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 3 notitle, \
  'modes.3.csv' skip 1 using (positive($1)):(positive($3)) with points linestyle 1 notitle, \
  'modes.3.csv' skip 1 using (positive($1)):(positive($4)) with points linestyle 2 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5837; set rmargin at screen 0.9603
set bmargin at screen 0.1391; set tmargin at screen 0.5025
set xlabel 'eigenvalue μ of K' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'best time, steps' textcolor rgb "#222222"
set logscale y
set format y '10^{%T}'
set ytics norotate scale 0.6,0.3 autofreq
set mytics
set grid ytics
plot [0.000544:208] [0.102:27900] \
  'modes.4.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 3 notitle, \
  'modes.4.csv' skip 1 using (positive($1)):(positive($3)) with points linestyle 1 notitle, \
  'modes.4.csv' skip 1 using (positive($1)):(positive($4)) with points linestyle 2 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Modes of the mixup design}' at screen 0.5,0.9727 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.0664 center top horizontal maxcols 3 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with points linestyle 5 title 'start |a|', \
  keyentry with points linestyle 4 title 'noise |b|', \
  keyentry with points linestyle 3 title 'bound smallest', \
  keyentry with points linestyle 1 title 'this start''s error 0', \
  keyentry with points linestyle 2 title 'mean error smallest'

unset multiplot
unset output
