# gnuplot extremes-method2-teacher.gp                          draws extremes-method2-teacher.svg
# gnuplot -e "format='pdf'" extremes-method2-teacher.gp        draws extremes-method2-teacher.pdf
# gnuplot -e "format='png'" extremes-method2-teacher.gp        draws extremes-method2-teacher.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'extremes-method2-teacher.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.0031,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 864,331 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 9in,3.4444in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1944,744 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0154; set rmargin at screen 0.9784
set bmargin at screen 0.0161; set tmargin at screen 0.9032
unset border; unset tics; unset grid
set label 'lowest r̂: included' at first 2,7 left font ",8.0" textcolor rgb "#222222"
set object 1 rectangle from 2,13 to 60.4,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.99 × Shirt' at first 31.2,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.01 × Pullover' at first 31.2,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −1.10' at first 31.2,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 2 rectangle from 64.4,13 to 122.8,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.40 × Pullover' at first 93.6,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.60 × Pullover' at first 93.6,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.96' at first 93.6,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 3 rectangle from 126.8,13 to 185.2,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.82 × Pullover' at first 156,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.18 × T-shirt/top' at first 156,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.91' at first 156,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 4 rectangle from 189.2,13 to 247.6,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.47 × Ankle boot' at first 218.4,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.53 × Shirt' at first 218.4,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.88' at first 218.4,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 5 rectangle from 251.6,13 to 310,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.88 × Shirt' at first 280.8,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.12 × Trouser' at first 280.8,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.87' at first 280.8,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 6 rectangle from 314,13 to 372.4,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.29 × Sandal' at first 343.2,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.71 × Trouser' at first 343.2,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.87' at first 343.2,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 7 rectangle from 376.4,13 to 434.8,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.52 × Sandal' at first 405.6,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.48 × T-shirt/top' at first 405.6,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.85' at first 405.6,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 8 rectangle from 438.8,13 to 497.2,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.57 × T-shirt/top' at first 468,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.43 × Pullover' at first 468,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.83' at first 468,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 9 rectangle from 501.2,13 to 559.6,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.62 × Coat' at first 530.4,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.38 × Bag' at first 530.4,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.83' at first 530.4,92.8742 center font ",5.9921" textcolor rgb "#222222"
set object 10 rectangle from 563.6,13 to 622,71.4 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.47 × T-shirt/top' at first 592.8,77.894 center font ",5.9921" textcolor rgb "#222222"
set label '0.53 × Trouser' at first 592.8,85.3841 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = −0.83' at first 592.8,92.8742 center font ",5.9921" textcolor rgb "#222222"
set label 'highest r̂: excluded' at first 2,108.8702 left font ",8.0" textcolor rgb "#222222"
set object 11 rectangle from 2,114.8702 to 60.4,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.13 × Trouser' at first 31.2,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.87 × Shirt' at first 31.2,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.46' at first 31.2,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 12 rectangle from 64.4,114.8702 to 122.8,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.80 × Coat' at first 93.6,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.20 × Ankle boot' at first 93.6,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.22' at first 93.6,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 13 rectangle from 126.8,114.8702 to 185.2,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.31 × T-shirt/top' at first 156,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.69 × Sandal' at first 156,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.20' at first 156,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 14 rectangle from 189.2,114.8702 to 247.6,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.60 × Sandal' at first 218.4,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.40 × Bag' at first 218.4,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.15' at first 218.4,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 15 rectangle from 251.6,114.8702 to 310,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.26 × Bag' at first 280.8,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.74 × Sandal' at first 280.8,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.09' at first 280.8,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 16 rectangle from 314,114.8702 to 372.4,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.90 × Pullover' at first 343.2,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.10 × Ankle boot' at first 343.2,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.09' at first 343.2,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 17 rectangle from 376.4,114.8702 to 434.8,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.85 × Ankle boot' at first 405.6,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.15 × Trouser' at first 405.6,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.06' at first 405.6,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 18 rectangle from 438.8,114.8702 to 497.2,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.84 × Pullover' at first 468,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.16 × Sneaker' at first 468,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.03' at first 468,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 19 rectangle from 501.2,114.8702 to 559.6,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.40 × Ankle boot' at first 530.4,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.60 × Shirt' at first 530.4,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 1.03' at first 530.4,194.7444 center font ",5.9921" textcolor rgb "#222222"
set object 20 rectangle from 563.6,114.8702 to 622,173.2702 front fillstyle empty border linecolor rgb "#A0A0A0" linewidth 0.5
set label '0.12 × Sandal' at first 592.8,179.7643 center font ",5.9921" textcolor rgb "#222222"
set label '0.88 × Pullover' at first 592.8,187.2544 center font ",5.9921" textcolor rgb "#222222"
set label 'r̂ = 0.94' at first 592.8,194.7444 center font ",5.9921" textcolor rgb "#222222"
plot [0:624] [220:0] \
  'extremes-method2-teacher.csv' skip 1 every ::0::783 using (2+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::784::1567 using (64.4+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::1568::2351 using (126.8+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::2352::3135 using (189.2+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::3136::3919 using (251.6+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::3920::4703 using (314+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::4704::5487 using (376.4+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::5488::6271 using (438.8+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::6272::7055 using (501.2+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::7056::7839 using (563.6+($4+0.5)*2.085714285714286):(13+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::7840::8623 using (2+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::8624::9407 using (64.4+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::9408::10191 using (126.8+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::10192::10975 using (189.2+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::10976::11759 using (251.6+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::11760::12543 using (314+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::12544::13327 using (376.4+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::13328::14111 using (438.8+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::14112::14895 using (501.2+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle, \
  'extremes-method2-teacher.csv' skip 1 every ::14896::15679 using (563.6+($4+0.5)*2.085714285714286):(114.8702+($3+0.5)*2.085714285714286):5:5:5 with @tile notitle
set border 3; set tics; set grid xtics ytics

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on 20 % of Fashion-MNIST, teacher method2-teacher}' at screen 0.5,0.9516 center font ",10" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
