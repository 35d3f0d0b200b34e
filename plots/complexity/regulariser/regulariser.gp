# gnuplot regulariser.gp                          draws regulariser.svg
# gnuplot -e "format='pdf'" regulariser.gp        draws regulariser.pdf
# gnuplot -e "format='png'" regulariser.gp        draws regulariser.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'regulariser.' . format
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.5689; set tmargin at screen 0.908
set title 'logistic, inputs over λ' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'α of Beta(α, α)' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'nats' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.1, 0.2, 0.5, 1)
unset mytics
set grid ytics
plot [0.2:64] [0.0871:1.38] \
  'regulariser.1.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.2.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.1.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 1 notitle, \
  'regulariser.2.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 2 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5933; set rmargin at screen 0.9603
set bmargin at screen 0.5689; set tmargin at screen 0.908
set title 'logistic, inputs as they are' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'α of Beta(α, α)' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'nats' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.02, 0.03, 0.05)
unset mytics
set grid ytics
plot [0.2:64] [0.0115:0.0566] \
  'regulariser.3.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.3.csv' skip 1 using (positive($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.3.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 1 notitle, \
  'regulariser.3.csv' skip 1 using (positive($1)):(positive($7)) with lines linestyle 2 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.4722
set bmargin at screen 0.1127; set tmargin at screen 0.4518
set title 'Poisson, inputs over λ' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'λ, fixed' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.5, 0.6, 0.7, 0.8)
unset mxtics
set grid xtics
set ylabel 'nats' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.07, 0.1, 0.2, 0.30000000000000004)
unset mytics
set grid ytics
plot [0.5:0.8] [0.0529:0.406] \
  'regulariser.4.csv' skip 1 using (finite($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.4.csv' skip 1 using (finite($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.4.csv' skip 1 using (finite($1)):(positive($4)) with lines linestyle 1 notitle, \
  'regulariser.4.csv' skip 1 using (finite($1)):(positive($7)) with lines linestyle 2 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5933; set rmargin at screen 0.9603
set bmargin at screen 0.1127; set tmargin at screen 0.4518
set title 'Poisson, inputs as they are' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'λ, fixed' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.5, 0.6, 0.7, 0.8)
unset mxtics
set grid xtics
set ylabel 'nats' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.02, 0.025, 0.03, 0.035)
unset mytics
set grid ytics
plot [0.5:0.8] [0.0176:0.0357] \
  'regulariser.5.csv' skip 1 using (finite($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.5.csv' skip 1 using (finite($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'regulariser.5.csv' skip 1 using (finite($1)):(positive($4)) with lines linestyle 1 notitle, \
  'regulariser.5.csv' skip 1 using (finite($1)):(positive($7)) with lines linestyle 2 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold The regulariser of linear models and what it approximates}' at screen 0.5,0.9727 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.04 center top horizontal maxcols 2 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'second order: Lemma 3.3, or R2', \
  keyentry with lines linestyle 2 title 'the loss itself'

unset multiplot
unset output
