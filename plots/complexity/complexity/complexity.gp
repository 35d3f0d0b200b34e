# gnuplot complexity.gp                          draws complexity.svg
# gnuplot -e "format='pdf'" complexity.gp        draws complexity.pdf
# gnuplot -e "format='png'" complexity.gp        draws complexity.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'complexity.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,440 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,4.5833in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,990 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.1855; set tmargin at screen 0.8773
set title 'γ = 0.1' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'rank of Σ' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '%h'
set xtics norotate scale 0.6,0.3 (1, 2, 5, 10, 20, 50, 100)
unset mxtics
set grid xtics
set ylabel 'Rademacher complexity' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.05, 0.1, 0.2, 0.5, 1)
unset mytics
set grid ytics
plot [0.831:121] [0.029:1.33] \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($5)):(positive($6)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($8)):(positive($9)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 1 notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($7)) with lines linestyle 3 notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($10)) with lines linestyle 2 notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($11)) with points linestyle 1 notitle, \
  'complexity.1.csv' skip 1 using (positive($1)):(positive($12)) with points linestyle 2 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5742; set rmargin at screen 0.9603
set bmargin at screen 0.1855; set tmargin at screen 0.8773
set title 'γ = 0.5' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'rank of Σ' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '%h'
set xtics norotate scale 0.6,0.3 (1, 2, 5, 10, 20, 50, 100)
unset mxtics
set grid xtics
set ylabel 'Rademacher complexity' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.1, 0.2, 0.5, 1, 2)
unset mytics
set grid ytics
plot [0.831:121] [0.0773:2.95] \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($5)):(positive($6)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($8)):(positive($9)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 1 notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($7)) with lines linestyle 3 notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($10)) with lines linestyle 2 notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($11)) with points linestyle 1 notitle, \
  'complexity.2.csv' skip 1 using (positive($1)):(positive($12)) with points linestyle 2 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold What mixup and ridge leave of linear models}' at screen 0.5,0.9636 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.0885 center top horizontal maxcols 3 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'mixup, bound as printed', \
  keyentry with lines linestyle 3 title 'mixup, bound from squares', \
  keyentry with lines linestyle 2 title 'ridge, bound', \
  keyentry with points linestyle 1 title 'mixup, measured', \
  keyentry with points linestyle 2 title 'ridge, measured'

unset multiplot
unset output
