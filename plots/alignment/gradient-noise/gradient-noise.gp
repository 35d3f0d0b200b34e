# gnuplot gradient-noise.gp                          draws gradient-noise.svg
# gnuplot -e "format='pdf'" gradient-noise.gp        draws gradient-noise.pdf
# gnuplot -e "format='png'" gradient-noise.gp        draws gradient-noise.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'gradient-noise.' . format
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.5689; set tmargin at screen 0.9455
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (10, 20, 30, 40, 50, 60)
unset mxtics
set grid xtics
set ylabel '‖∇L‖, clean' textcolor rgb "#222222"
set logscale y
set format y '10^{%T}'
set ytics norotate scale 0.6,0.3 autofreq
set mytics
set grid ytics
plot [5:60] [3.44e-05:3.38] \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($8)):(positive($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($11)):(positive($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($4)) with lines linestyle 1 notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($7)) with lines linestyle 2 notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($10)) with lines linestyle 3 notitle, \
  'gradient-noise.1.csv' skip 1 using (finite($1)):(positive($13)) with lines linestyle 4 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5837; set rmargin at screen 0.9603
set bmargin at screen 0.5689; set tmargin at screen 0.9455
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (10, 20, 30, 40, 50, 60)
unset mxtics
set grid xtics
set ylabel 'noise, clean' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.05, 0.1, 0.2, 0.5, 1, 2, 5)
unset mytics
set grid ytics
plot [5:60] [0.0469:8.54] \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($8)):(positive($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($11)):(positive($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($4)) with lines linestyle 1 notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($7)) with lines linestyle 2 notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($10)) with lines linestyle 3 notitle, \
  'gradient-noise.2.csv' skip 1 using (finite($1)):(positive($13)) with lines linestyle 4 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.1127; set tmargin at screen 0.4893
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (10, 20, 30, 40, 50, 60)
unset mxtics
set grid xtics
set ylabel '‖∇L‖, mixed' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.05, 0.1, 0.2, 0.5, 1, 2)
unset mytics
set grid ytics
plot [5:60] [0.0267:3.51] \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($8)):(positive($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($11)):(positive($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($4)) with lines linestyle 1 notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($7)) with lines linestyle 2 notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($10)) with lines linestyle 3 notitle, \
  'gradient-noise.3.csv' skip 1 using (finite($1)):(positive($13)) with lines linestyle 4 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5837; set rmargin at screen 0.9603
set bmargin at screen 0.1127; set tmargin at screen 0.4893
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (10, 20, 30, 40, 50, 60)
unset mxtics
set grid xtics
set ylabel 'noise, mixed' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (3, 5, 7, 10)
unset mytics
set grid ytics
plot [5:60] [2.25:10.4] \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($8)):(positive($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($11)):(positive($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.12 noborder notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($4)) with lines linestyle 1 notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($7)) with lines linestyle 2 notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($10)) with lines linestyle 3 notitle, \
  'gradient-noise.4.csv' skip 1 using (finite($1)):(positive($13)) with lines linestyle 4 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Gradient norm and noise in training}' at screen 0.5,0.9727 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.04 center top horizontal maxcols 4 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'plain', \
  keyentry with lines linestyle 2 title 'mixup', \
  keyentry with lines linestyle 3 title 'mixupe', \
  keyentry with lines linestyle 4 title 'guided-low'

unset multiplot
unset output
